"""stub"""
from dataclasses import dataclass
@dataclass
class JobRecord:
    num:int; overrides:tuple; status:str; value:object; directory:str
@dataclass
class SweepHeader:
    config:str; overrides:tuple
