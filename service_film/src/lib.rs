//! The catalogue: cinemas, halls, seating plans, films, screenings, prices.
