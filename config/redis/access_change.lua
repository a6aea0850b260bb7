#!lua flags=allow-oom
-- What is kept of tenants' keys changes together with the audit trail, or neither does. Also while memory is full: what
-- is revoked there must open nothing, and all of this is bounded.
-- KEYS gen t:<tenant> keys:<tenant> audit audits:<tenant> audit:once
-- ARGV prefix tenant at_ms who what before after secrets most_entries most_of_a_tenant keep_ms change
--   change: add id name scopes made_with digest created_ms most_keys | remove id ('' all of the tenant's) | note id
--   An id of a note ('' none) is that of who tells until he knows that it is here: of one id there is one entry.
-- -> ok id... (of those removed) | too_many | no_tenant | lost
local call, prefix, tenant, change, id = redis.call, ARGV[1], ARGV[2], ARGV[12], ARGV[13]
if call('EXISTS', KEYS[1]) == 0 then return {'lost'} end
local done = {'ok'}
if change == 'add' then
  if call('EXISTS', KEYS[2]) == 0 then return {'no_tenant'} end  -- who goes leaves no key to the next of that id
  if call('SCARD', KEYS[3]) >= tonumber(ARGV[19]) then return {'too_many'} end
  call('SADD', KEYS[3], id)
  call('HSET', prefix .. 'key:' .. id, 'tenant', tenant, 'name', ARGV[14], 'scopes', ARGV[15], 'with', ARGV[16],
    'digest', ARGV[17], 'created', ARGV[18])
elseif change == 'remove' then
  local gone = id == '' and call('SMEMBERS', KEYS[3]) or call('SISMEMBER', KEYS[3], id) == 1 and {id} or {}
  if #gone == 0 then return done end
  for i, one in ipairs(gone) do
    call('SREM', KEYS[3], one)
    call('DEL', prefix .. 'key:' .. one)
    done[i + 1] = one
  end
elseif call('ZSCORE', KEYS[6], id) then
  return done
end
local last = call('XREVRANGE', KEYS[4], '+', '-', 'COUNT', 1)[1]
local seq = string.format('%.0f', (last and tonumber(last[1]:match('^%d+')) or 0) + 1)
call('XADD', KEYS[4], 'MAXLEN', ARGV[9], seq .. '-0', 'at', ARGV[3], 'who', ARGV[4], 'what', ARGV[5], 'tenant', tenant,
  'before', ARGV[6], 'after', ARGV[7], 'secrets', ARGV[8])
-- Two a change at most: a clock that is a year ahead must not empty the trail.
local now = tonumber(call('TIME')[1]) * 1000
for _, old in ipairs(call('XRANGE', KEYS[4], '-', '+', 'COUNT', 2)) do
  local is_old = tonumber(old[2][2]) < now - tonumber(ARGV[11])
  if is_old and old[1] ~= seq .. '-0' then call('XDEL', KEYS[4], old[1]) end
end
local first = call('XRANGE', KEYS[4], '-', '+', 'COUNT', 1)[1]
local gone = '(' .. (first and first[1]:match('^%d+') or seq)
if change == 'note' and id ~= '' then
  call('ZADD', KEYS[6], seq, id)
  call('ZREMRANGEBYSCORE', KEYS[6], '-inf', gone)
  call('PEXPIRE', KEYS[6], ARGV[11])
end
if tenant ~= '' then
  call('ZADD', KEYS[5], seq, seq)
  call('ZREMRANGEBYSCORE', KEYS[5], '-inf', gone)
  -- Who changes much pushes out what he did himself, and nobody else's: so as well two a change at most.
  local over = call('ZCARD', KEYS[5]) - tonumber(ARGV[10])
  for _, old in ipairs(over > 0 and call('ZRANGE', KEYS[5], 0, math.min(over, 2) - 1) or {}) do
    call('XDEL', KEYS[4], old .. '-0')
    call('ZREM', KEYS[5], old)
  end
  call('PEXPIRE', KEYS[5], ARGV[11])
end
return done
