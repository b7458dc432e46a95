-- next_item: the number of an item to come.
select nextval(pg_get_serial_sequence('ledger_item', 'id'))
