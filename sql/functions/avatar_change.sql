-- avatar_change(me, picture): my picture from now on; null: none. The one before is deleted.
-- Problems: not-found: my account was deleted; busy: a new friend came in between, whose account another
-- transaction has: try again.
-- avatar: the new one's id. outbox: my event and each friend's; none where there was none, and is none.
-- Writes avatar, account; reads friendship.
create or replace function avatar_change(p_me int8, p_picture bytea)
returns table (problem text, field text, avatar uuid, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
#variable_conflict use_column
declare
    v_old uuid;
begin
    if not profile_lock(p_me) then
        problem := 'busy';
    else
        select a.avatar_id into v_old from account a where a.id = p_me and a.deleted_at is null;
        if not found then
            problem := 'not-found';
        else
            avatar := avatar_put(p_picture);
            outbox := '{}';
            if avatar is distinct from v_old then
                update account a set avatar_id = avatar where a.id = p_me;
                delete from avatar v where v.id = v_old;
                outbox := profile_told(p_me);
            end if;
        end if;
    end if;
    return next;
end
$$;
