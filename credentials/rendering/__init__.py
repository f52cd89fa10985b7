"""What an award looks like: its seal, its QR code, its certificate. Every file made here is a cache."""
