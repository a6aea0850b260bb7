#!lua flags=allow-oom
-- KEYS records rk:<call> again:nodes  ARGV call keep_ms [owner rev name value...] -> how many entries went
-- What is past its days at one node goes from the streams, and may come again from a node where it is not yet. Where
-- its words alone are, the record without them (owner, rev, an entry) takes the place of what is not newer: who has not
-- read it does not miss it. What others have told of that call stays without its words, since whose call it is may not
-- have read it: such an entry brings that with it, under the name silent ('': it has no words). One that does not, an
-- older version's, goes whole.
local R = redis.call
local owner, rev = ARGV[3], tonumber(ARGV[4] or '')
local entry, went = {}, 0
for i = 5, #ARGV do entry[#entry + 1] = ARGV[i] end

local becomes = {json = false, sealed_json = false, silent = 'json', sealed_silent = 'sealed_json'}
-- -> what takes its place, or nil; has it no words?
local function without_words(id)
  local found = R('XRANGE', KEYS[1], id, id)[1]
  local left, silent = {}, nil
  for i = 1, found and #found[2] or 0, 2 do
    local name, value = found[2][i], found[2][i + 1]
    local as = becomes[name]
    if as then silent = value end
    if as ~= false then
      left[#left + 1] = as or name
      left[#left + 1] = value
    end
  end
  if not silent then return nil, false end
  left[#left + 1] = 'silent'
  left[#left + 1] = ''
  return left, silent == ''
end

local function put(field, as, what)
  R('HSET', KEYS[2], field, as .. ' ' .. R('XADD', KEYS[1], '*', unpack(what)))
  R('PEXPIRE', KEYS[2], ARGV[2])
end

local mine = 'record:' .. (owner or '')
local newer = owner and tonumber((R('HGET', KEYS[2], mine) or ''):match('^%d+') or '0') > rev
local known = newer and {} or R('HGETALL', KEYS[2])
local stood, told = false, {}
for i = 1, #known, 2 do
  local field, id = known[i], known[i + 1]:match(' (%S+)$')
  local is_learned, stays = field:match('^learned:'), false
  if owner and is_learned then told[field], stays = without_words(id) end
  if not stays and (not owner or is_learned or field == mine) then
    local gone = R('XDEL', KEYS[1], id)
    went = went + gone
    stood = stood or gone == 1
    R('HDEL', KEYS[2], field)
  end
  if stays then told[field] = nil end
end
if owner and stood then put(mine, ARGV[4], entry) end
for field, left in pairs(told) do put(field, '', left) end

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
