"""The secrets of the registry: look-up tokens, sealed fields, signatures, and the key ring behind them.

`vault.Vault` and `signatures.Signer` are what capabilities use; `keyring.KeyRing` is the file with the
keys; `suites` holds the cryptography, one implementation for each permitted set of algorithms.
"""
