"""What every act stands on: an open transaction with what the till knows in it, and codes for new cards."""
