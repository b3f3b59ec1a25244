"""An installation on a cluster: brokers and hosts of workers in network namespaces, and what is done to them."""
