-- last_orthophoto: the number of the image that was added last, 0 where there is none.
select coalesce(max(id), 0) from orthophoto
