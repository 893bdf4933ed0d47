-- Jobs walk through the groups below a target in another order, and begin anew: who has been told is not told once more.
UPDATE job_target SET at_group = 0, at_thing = 0 WHERE done = 0;
