"""A month on paper: one page for all of it, then one for each project and each person, as far as
whoever asks may see them; and the same sums as a file."""
