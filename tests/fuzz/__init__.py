"""Long runs with made-up input; what they find is kept as a test beside the code that it broke."""
