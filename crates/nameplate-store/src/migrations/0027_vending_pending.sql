-- Devices that wait for an operator's word are few among many; PENDING_APPROVAL is 1.
CREATE INDEX vending_entry_pending ON vending_entry(id) WHERE status = 1;
