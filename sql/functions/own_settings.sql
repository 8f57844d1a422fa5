-- own_settings(me): who may find me by my user name ('everybody'; 'exact': who knows the whole of it; or
-- 'nobody'), and who may ask me ('everybody' or 'nobody'); what
-- others see of me ('online', 'busy' or 'invisible'), and who sees when I was last online ('friends' or
-- 'nobody'). No row when I am unknown or was deleted. Reads account.
create or replace function own_settings(p_me int8)
returns table (find_me text, ask_me text, presence text, last_seen text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select a.find_me, a.ask_me, a.presence, a.last_seen from account a where a.id = p_me and a.deleted_at is null
$$;
