//! From a resolved template and what exists to a plan of steps.
