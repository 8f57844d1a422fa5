-- joining_end(group): nobody comes into this group any more: open invitations, requests to join and links end.
-- Returns the outbox rows' ids. A helper; the caller has locked the conversation and joining_people, and has
-- led all members out. Writes group_invitation, group_join_request, group_link.
create or replace function joining_end(p_group int8) returns int8[]
language plpgsql
as $$
begin
    delete from group_link l where l.group_id = p_group;
    return joining_close(p_group, null, 'withdrawn', 'rejected');
end
$$;
