"""The secrets of the registry: look-up tokens, sealed fields, and the key ring behind both.

`vault.Vault` is what capabilities use; `keyring.KeyRing` is the file with the keys; `suites` holds
the cryptography, one implementation for each permitted set of algorithms.
"""
