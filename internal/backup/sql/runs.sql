-- runs: the digests of all runs that are complete.
select id, encode(digest, 'hex') as digest from run where status = 'complete' order by id
