"""What do past wars say of sources? The reliability table, estimated from errors of old figures."""
