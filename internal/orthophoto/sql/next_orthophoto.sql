-- next_orthophoto: the number of the image that is added next.
select nextval(pg_get_serial_sequence('orthophoto', 'id'))
