#!lua flags=allow-oom
-- KEYS records rk:<call> again:nodes  ARGV call keep_ms [owner rev name value...] -> how many entries went
-- What is past its days at one node goes from the streams, and may come again from a node where it is not yet. Where
-- its words alone are, the record without them (owner, rev, an entry) takes the place of what is not newer: who has not
-- read it does not miss it. Of that record what others have told goes as well, for it stands in their copies.
local R = redis.call
local owner, rev = ARGV[3], tonumber(ARGV[4] or '')
local entry, went = {}, 0
for i = 5, #ARGV do entry[#entry + 1] = ARGV[i] end

local mine = 'record:' .. (owner or '')
local newer = owner and tonumber((R('HGET', KEYS[2], mine) or ''):match('^%d+') or '0') > rev
local known = newer and {} or R('HGETALL', KEYS[2])
local stood = false
for i = 1, #known, 2 do
  local field, id = known[i], known[i + 1]:match(' (%S+)$')
  if not owner or field == mine or field:match('^learned:') then
    if R('XDEL', KEYS[1], id) == 1 then went, stood = went + 1, true end
    R('HDEL', KEYS[2], field)
  end
end
if owner and stood then
  R('HSET', KEYS[2], mine, ARGV[4] .. ' ' .. R('XADD', KEYS[1], '*', unpack(entry)))
  R('PEXPIRE', KEYS[2], ARGV[2])
end

for _, stream in ipairs(R('SMEMBERS', KEYS[3])) do
  local calls = stream .. ':calls'
  local whose, of, id = (R('HGET', calls, ARGV[1]) or ''):match('^(.*) (%d+) (%S+)$')
  if id and (not owner or whose == owner and tonumber(of) <= rev) then
    local gone = R('XDEL', stream, id)
    went = went + gone
    if owner and gone == 1 then
      R('HSET', calls, ARGV[1], owner .. ' ' .. ARGV[4] .. ' ' .. R('XADD', stream, '*', unpack(entry)))
    else
      R('HDEL', calls, ARGV[1])
    end
  end
  if R('EXISTS', stream) == 0 then R('SREM', KEYS[3], stream) end
end
return went
