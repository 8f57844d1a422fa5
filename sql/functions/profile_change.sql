-- profile_change(me, name, status): what others see of me; null leaves each as it is. What holds then.
-- All friends are told, each under an own me_rev; members of my groups see it when they load next.
-- Problems: busy: a new friend came in between, whose account another transaction has: try again.
-- outbox: my event and each friend's, none where nothing changes. Writes account; reads friendship.
select admit_column('profile_change(int8, text, text)', 'avatar');
create or replace function profile_change(p_me int8, p_name text, p_status text)
returns table (problem text, field text, id int8, username text, name text, status text, avatar uuid, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    outbox := '{}';
    if exists (select from account a where a.id = p_me and a.deleted_at is null
                  and (a.name <> p_name or a.status <> p_status)) then
        if not profile_lock(p_me) then
            problem := 'busy';
            outbox := null;
            return next;
            return;
        end if;

        update account a set name = coalesce(p_name, a.name), status = coalesce(p_status, a.status)
         where a.id = p_me and a.deleted_at is null;
        if not found then                       -- it was deleted while this waited for the locks
            return;
        end if;
        outbox := profile_told(p_me);
    end if;
    select a.id, a.username, a.name, a.status, a.avatar_id into id, username, name, status, avatar
      from account a where a.id = p_me and a.deleted_at is null;
    if found then
        return next;
    end if;
end
$$;
