"""stub"""
import json, pickle, base64
from dataclasses import dataclass, field
from pathlib import Path
from zenrun.results._records import JobRecord, SweepHeader
@dataclass
class SweepJournal:
    headers:list=field(default_factory=list); jobs:dict=field(default_factory=dict); notes:dict=field(default_factory=dict)
class V:
    def __init__(s,v): s.v=v
    def load(s): return pickle.loads(base64.b64decode(s.v))
def read_journal(d):
    j=SweepJournal()
    for f in sorted((Path(d)/".zenrun/journal").glob("*"), key=lambda p:p.stat().st_mtime_ns):
        for line in f.read_text().splitlines():
            o=json.loads(line)
            if "zenrun_journal" in o:
                if "config" in o: j.headers.append(SweepHeader(o["config"],tuple(o["overrides"])))
            elif "num" in o:
                old=j.jobs.get(o["num"])
                if old is None or old.status!="COMPLETED":
                    j.jobs[o["num"]]=JobRecord(o["num"],tuple(o["overrides"]),o["status"],V(o["value"]) if "value" in o else None,o.get("directory",""))
    return j
