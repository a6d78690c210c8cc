"""How it is seen: tables and figures."""
