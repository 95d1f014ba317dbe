"""Where a take comes from, signed into it: C2PA credentials, their certificate, and their verification."""
