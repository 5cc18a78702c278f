"""Score whether a movement looks like a gesture, with the classifier of EnvisionHGdetector."""
