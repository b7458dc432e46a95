-- list: the items of a campaign by number. What is null does not filter.
-- @campaign;  @county_code;  @township, @enterprise (a part of the name), @enterprise_name, @mineral, @problem_type;  @licence_no;  @group_no;  @state;  @problem_code;  @assigned_to
-- @words  in what people look for an item by;  @due_by  open items to be put right by that day;  @after  the last item of the page before, 0 for the first;  @max_rows
select i.id, i.event_no, i.campaign, i.county_code, i.licence_no, i.enterprise, i.mine_name, i.township, i.method_and_mineral, i.rule_code,
       i.problem_code, i.problem_type, i.group_no, i.problem, i.state, i.cycle, i.reason, i.measures, i.deadline, i.responsible,
       i.responsible_rank, i.contact, i.assigned_to, i.found, i.measured_m2, i.corrected_m2, i.imaged_on, i.first_seen_in_run,
       i.seen_in_run, i.closed_as, i.closed_on
from ledger_item i
where i.campaign = @campaign and i.id > @after
  and (@county_code::text is null or i.county_code = @county_code)
  and (@township::text is null or i.township = @township)
  and (@enterprise::text is null or position(@enterprise in i.enterprise) > 0)
  and (@enterprise_name::text is null or i.enterprise = @enterprise_name)
  and (@mineral::text is null or mineral_of(i.method_and_mineral) = @mineral)
  and (@problem_type::text is null or i.problem_type = @problem_type)
  and (@licence_no::text is null or i.licence_no = @licence_no)
  and (@group_no::integer is null or i.group_no = @group_no)
  and (@state::text is null or i.state = @state)
  and (@problem_code::text is null or i.problem_code = @problem_code)
  and (@assigned_to::text is null or i.assigned_to = @assigned_to)
  and (@words::text is null or position(@words in concat_ws(chr(10), i.enterprise, i.township, i.licence_no, i.responsible, i.id)) > 0)
  and (@due_by::date is null or i.deadline <= @due_by and i.state not in ('closed', 'dismissed'))
order by i.id
limit @max_rows
