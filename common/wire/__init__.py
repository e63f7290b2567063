"""The wire: protocol 1 as models, the same for till and server.

The law of change: unknown fields are ignored by both sides; a field is never renamed, reused or given another meaning.
A new field is appended with a default that means what its absence meant; that of an operation is null, which leaves
the content that its key stands for as it was. What breaks this needs a new PROTOCOL.
Frozen samples in tests/samples are added to, never edited.
"""
