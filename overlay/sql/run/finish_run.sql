-- finish_run: closes a run; its digest is over the digests of its mines in the
-- order of licence numbers, a failed mine standing as empty.
-- @run_id
update run
set status = 'complete', finished_at = now(),
    digest = (select sha256(coalesce(string_agg(convert_to(licence_no, 'UTF8') || coalesce(digest, ''), '' order by licence_no), ''))
              from run_mine where run_id = @run_id)
where id = @run_id and status = 'running'
