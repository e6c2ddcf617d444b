"""What an operator needs: records of runs, the state of studies, who is told, schedules, and what may go."""
