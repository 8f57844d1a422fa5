-- group_invitation_withdraw(me, group, user): takes back an open invitation: my own, or anybody's where I may.
-- Problems: not-found: I am not in the group, or there is no such invitation for me to withdraw.
-- outbox: the events for the invited, and for the one who made it. Writes group_invitation.
create or replace function group_invitation_withdraw(p_me int8, p_group int8, p_user int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
    v_id   int8;
    v_from int8;
begin
    select * into v_mine from standing_in(p_me, p_group);
    if group_refusal('see-group', v_mine.standing) is null then
        select i.id, i.from_id into v_id, v_from
          from group_invitation i
         where i.group_id = p_group and i.user_id = p_user and i.state = 'open'
           and friend_request_current(i.created_at)
           and (i.from_id = p_me or may('manage-invitations', v_mine.standing));
    end if;
    if v_id is not null then
        perform lock_people(array[p_user, v_from]);
        update group_invitation i set state = 'withdrawn', answered_at = now()
         where i.id = v_id and i.state = 'open';
        if not found then
            v_id := null;
        end if;
    end if;
    if v_id is null then
        problem := 'not-found';
    else
        outbox := group_invitation_event(v_id);
    end if;
    return next;
end
$$;
