"""The faults and bad inputs that the promises must survive; cases.toml lists them."""
