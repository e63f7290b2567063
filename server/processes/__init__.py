"""The processes that serve: one, or several behind one listening socket.

No process keeps what another must know. What is per process, and why that is right: how often a till may ask
(`access/rates.py`), a bound against tills gone wild and no promise; the last digest of each merchant
(`store/agreement/digests.py`), which is worked out anew where another process has it; the line that hears what is
committed (`store/wake/listen.py`), since each process has streams of its own. A recovery, a repeat, a wrong enrolment
code and everything else that must be counted once is counted in the database.
"""
