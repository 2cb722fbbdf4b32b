"""The Discord side of Easel: commands, quotas, storage, delivery, the command line."""
