"""stub"""
import json, os, uuid, pickle, base64
from pathlib import Path
class JournalWriter:
    def __init__(self, sweep_dir, head):
        self.dir = Path(sweep_dir)/".zenrun"/"journal"; self.name=f"{os.getpid()}-{uuid.uuid4().hex[:8]}.jsonl"; self.fd=None; self.head=dict(head)
    def _put(self, d):
        if self.fd is None:
            self.dir.mkdir(parents=True, exist_ok=True)
            self.fd=os.open(self.dir/self.name, os.O_CREAT|os.O_APPEND|os.O_WRONLY)
            os.write(self.fd,(json.dumps({"zenrun_journal":1,**self.head})+"\n").encode())
        os.write(self.fd,(json.dumps(d)+"\n").encode())
    def job_started(self, **k): self._put({"status":"RUNNING",**{a:list(b) if isinstance(b,tuple) else b for a,b in k.items()}})
    def job_ended(self, **k):
        if "value" in k:
            try: k["value"]=base64.b64encode(pickle.dumps(k["value"])).decode()
            except Exception: k.pop("value")
        self._put({a:list(b) if isinstance(b,tuple) else b for a,b in k.items()})
    def has_file(self,name): return (self.dir/name).exists()
    def end(self, how): self._put({"end":how})
    def close(self):
        if self.fd is not None: os.close(self.fd); self.fd=None
