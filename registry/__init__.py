"""The registry of people and organisations sanctioned for trading bank cards and phone cards (两卡)."""
