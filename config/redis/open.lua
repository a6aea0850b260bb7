#!lua flags=allow-oom
-- KEYS gen young seq schema lost  ARGV my_last_gen new_gen recover_ms schema -> {gen, made_now, seq, schema, lost}
-- Each node, after each connect, first of all. my_last_gen: of the last data that it believed to be all, '' none.
-- lost: '1' somebody remembers other data, so that tenants are missing; '0' an operator has said since that all are back.
local R, g, made = redis.call, redis.call('GET', KEYS[1]), 0
if not g then g, made = ARGV[2], 1 R('SET', KEYS[1], g) R('SET', KEYS[4], ARGV[4]) end
local lost = R('GET', KEYS[5])
if ARGV[1] ~= '' and ARGV[1] ~= g and lost ~= '0' then
  R('SET', KEYS[2], '1', 'PX', ARGV[3])
  R('SET', KEYS[5], '1')
  lost = '1'
end
return {g, made, tonumber(R('GET', KEYS[3]) or 0), R('GET', KEYS[4]), lost or '0'}
