"""What came of a sweep: its journal, written as jobs end and read whenever somebody asks, and tables of its jobs.

This package must not know how jobs run. It loads neither Hydra nor OmegaConf; pandas and xarray when their
tables are asked for.
"""
