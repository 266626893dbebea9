"""Holidays as a house needs them: public ones, the city's school holidays, days of the house."""
