-- user_card(user): {"id","username","name","avatar"}, as events show a person. A helper; reads account.
create or replace function user_card(p_user int8) returns jsonb
language sql stable
as $$
    select jsonb_build_object('id', a.id, 'username', a.username, 'name', a.name,
        'avatar', a.avatar_id)
      from account a where a.id = p_user
$$;
