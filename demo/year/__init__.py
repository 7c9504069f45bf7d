"""A year in the two towns, lived through the product's own actions on a virtual clock."""
