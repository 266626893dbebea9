"""School holidays and special days of the city: kept here, used in every house."""
