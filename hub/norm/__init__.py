"""The opening norm of the city: kept here, held against every house."""
