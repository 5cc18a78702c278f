"""What is worth a person's minute: places where a number may be wrong, the most doubtful first."""
