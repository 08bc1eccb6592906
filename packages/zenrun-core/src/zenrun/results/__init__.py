"""What a sweep leaves on disk: its journal, written as jobs end, and read whenever somebody asks.

This package must not know how jobs run. It loads neither Hydra nor OmegaConf.
"""
