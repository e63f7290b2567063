"""Recovery: after the database went back in time, what tills still have of the lost time is taken over again."""
