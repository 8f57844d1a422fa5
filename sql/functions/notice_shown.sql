-- notice_shown(notice): a notice as it is shown now, as text: whoever has deleted the account since
-- has no name in it, and no nickname. Null of null. A helper of history, catch_up and outbox_rows; reads account.
-- (plpgsql, so that it costs their plans nothing where there is no notice.)
create or replace function notice_shown(p_notice jsonb) returns text
language plpgsql stable strict
as $$
begin
    return p_notice || coalesce((
        select jsonb_object_agg(k.part, jsonb_build_object('id', a.id, 'name', a.name))
          from unnest(array['by', 'user']) as k (part)
          join account a on a.id = (p_notice -> k.part ->> 'id')::int8
         where a.deleted_at is not null), '{}')
        || case when p_notice ? 'nickname' and exists (
               select from account a where a.id = (p_notice -> 'user' ->> 'id')::int8 and a.deleted_at is not null)
           then '{"nickname": ""}' else '{}' end::jsonb;
end
$$;
