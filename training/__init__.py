"""How the numbers and lists that `transforms.quotes` reads are made and judged; not installed with it."""
