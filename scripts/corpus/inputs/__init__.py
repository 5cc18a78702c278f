"""What the user provides: configuration, manifest, names of people, and the models they choose."""
