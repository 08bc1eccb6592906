"""One job: its folder, files and logging, the task function, and Hydra's account of it."""
