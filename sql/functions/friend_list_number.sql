-- friend_list_number(user, list, place): numbers the user's lists 1, 2, 3, … in their order, the given
-- one (null: none) at that place. Tells whether that changed any. A helper; the user's account is
-- locked already. Writes friend_list.
create or replace function friend_list_number(p_user int8, p_list int8, p_place int) returns bool
language plpgsql
as $$
begin
    with others as (
        select l.id, row_number() over (order by l.place, l.id) as n
          from friend_list l where l.user_id = p_user and l.id is distinct from p_list
    ), numbered as (
        select o.id, o.n + (p_list is not null and o.n >= p_place)::int as place from others o
         union all
        select p_list, least(p_place, (select count(*) from others) + 1) where p_list is not null
    )
    update friend_list l set place = n.place from numbered n
     where l.user_id = p_user and l.id = n.id and l.place <> n.place;
    return found;
end
$$;
