"""Many refits, in this process or on Dask workers; what is done is kept."""
