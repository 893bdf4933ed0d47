use super::*;
use proptest::prelude::*;
use serde_json::json;

struct Body(&'static str);

impl Input for Body {
    fn body(&self) -> &str {
        self.0
    }

    fn parameters(&self) -> Value {
        json!({"path": {"id": "7"}, "querystring": {"q": "a b"}, "header": {"Accept": "*/*", "X-It": "it's"}})
    }

    fn parameter(&self, name: &str) -> Option<String> {
        (name == "id").then(|| "7".to_owned())
    }

    fn at(&self, path: &str) -> Result<Option<Value>, Broken> {
        let path = crate::gateway::json_path::Path::parse(path);
        let path = path.map_err(|why| Broken(why.to_string()))?;
        Ok(path.find(&serde_json::from_str(self.0).unwrap_or_default()))
    }
}

const BODY: &str = r#"{"pets": [{"name": "rex", "age": 3}, {"name": "tom", "age": 5}], "owner": {"name": "ann", "n": null}, "text": "x\"y"}"#;

fn filled(template: &str) -> Result<Filled, String> {
    let template = Template::parse(template).map_err(|why| why.to_string())?;
    let context = json!({"httpMethod": "POST"});
    run(&template, &Body(BODY), context, json!({"v": "1"})).map_err(|why| why.to_string())
}

#[track_caller]
fn check(template: &str, expected: &str) {
    let text = filled(template).map(|filled| filled.text);
    assert_eq!(text.as_deref(), Ok(expected), "{template}");
}

#[test]
fn the_guides_templates() {
    // What the console offers to pass everything on.
    check(
        concat!(
            "## See the guide\n",
            "#set($allParams = $input.params())\n",
            "{\n",
            "\"body\" : $input.json('$.owner.name'),\n",
            "\"params\" : {\n",
            "#foreach($type in $allParams.keySet())\n",
            "    #set($params = $allParams.get($type))\n",
            "\"$type\" : {\n",
            "    #foreach($paramName in $params.keySet())\n",
            "    \"$paramName\" : \"$util.escapeJavaScript($params.get($paramName))\"\n",
            "        #if($foreach.hasNext),#end\n",
            "    #end\n",
            "}\n",
            "    #if($foreach.hasNext),#end\n",
            "#end\n",
            "}}",
        ),
        concat!(
            "{\n\"body\" : \"ann\",\n\"params\" : {\n",
            "\"path\" : {\n        \"id\" : \"7\"\n            }\n    ,",
            "\"querystring\" : {\n        \"q\" : \"a b\"\n            }\n    ,",
            "\"header\" : {\n        \"Accept\" : \"*/*\"\n        ,        \"X-It\" : \"it\\'s\"\n            }\n    }}",
        ),
    );
    check(
        "#set($inputRoot = $input.path('$'))[#foreach($elem in $inputRoot.pets){\"n\":\"$elem.name\",\"a\":$elem.age}#if($foreach.hasNext),#end#end]",
        r#"[{"n":"rex","a":3},{"n":"tom","a":5}]"#,
    );
}

#[test]
fn references_and_their_values() {
    check("$none $!none ${none}x $!{none}x", "$none  ${none}x x");
    check("$5 a$ $", "$5 a$ $");
    check("$context.httpMethod.$stageVariables.v,", "POST.1,");
    check("$input.path('$.owner')", "{name=ann, n=null}");
    check("$input.path('$.pets[*].name')", r#"["rex","tom"]"#);
    check("$input.path('$.pets').size()", "2");
    check("$input.path('$.pets')[1].name[x]", "tom[x]");
    check("$input.path('$.pets').get(0).get('name')", "rex");
    check(
        "$input.json('$.text') $input.path('$.text')",
        r#""x\"y" x"y"#,
    );
    check("[$input.path('$.none')] $input.json('$.none')", "[] \"\"");
    check("#set($a = 'x')\\$a \\\\$a \\b", "$a \\x \\b");
    check("#[[ $a #if ]]#", " $a #if ");
    check("a#*b*#c ## d\ne", "ac e");
}

#[test]
fn expressions() {
    check("#set($x = 1 + 2 * 3 - 4 / 2)$x", "5");
    check("#set($x = 7 % 4)#set($y = 7.0 / 2)$x $y", "3 3.5");
    check("#set($x = 1 / 0)[$!x]", "[]");
    check("#set($x = \"a$context.httpMethod\" + 'b$x')$x", "aPOSTb$x");
    check(
        "#set($x = ['a', 2, [1..3], {'k': 'v'}])$x.get(1) $x[2] $x[3].k",
        "2 [1,2,3] v",
    );
    check(
        "#set($x = {})#set($x.a.b = 1)#set($x['c'] = 'd')$x",
        "{a={b=1}, c=d}",
    );
    check(
        "#set($x = [])#foreach($i in [3..1])$!x.add($i)#end$x.size()$x",
        "truetruetrue3[3,2,1]",
    );
    check(
        "#set($m = {'l': []})#set($u = $m.l.add('a'))#set($u = $m.get('l').add('b'))$m.l",
        r#"["a","b"]"#,
    );
    check(
        "#set($m = {'a': 1})#foreach($e in $m.entrySet())$e.key=$e.getValue()#end",
        "a=1",
    );
    check(
        "#set($s = 'a,b,,')$s.split(',').size() $s.replaceAll('(,)', '<$1>') $s.substring(2, 3) $s.indexOf('b')",
        "2 a<,>b<,><,> b 2",
    );
    check(
        "$util.urlEncode('a b&c') $util.urlDecode('a+b%26') $util.base64Encode('hi') $util.base64Decode('aGk=') $util.parseJson('{\"a\": [1]}').a[0]",
        "a%20b%26c a b& aGk= hi 1",
    );
}

#[test]
fn conditions_and_loops() {
    let truth = |asked: &str, yes: bool| {
        check(
            &format!("#if({asked})y#{{else}}n#end"),
            if yes { "y" } else { "n" },
        );
    };
    truth("1 == 1.0", true);
    truth("'1' == 1", true);
    truth("$none", false);
    truth("!$none && true", true);
    truth("not ($context.httpMethod ne 'POST')", true);
    truth("''", true);
    truth("2 >= 1 and 1 lt 2 or false", true);
    truth("$input.path('$.owner.n') == $null", true);
    truth("$input.path('$.pets').isEmpty()", false);
    truth("$input.params().path.containsKey('id')", true);
    check("#if(false)a#elseif(true)b#{else}c#end", "b");
    check("#foreach($i in [1..5])#if($i == 3)#break#end$i#end", "12");
    check("a#stop b", "a");
    check(
        "#foreach($i in [1..2])$foreach.index$foreach.count$velocityCount#end$!i",
        "011122",
    );
    check("#foreach($i in $none)x#end", "");
}

#[test]
fn what_answers_are_to_be_is_in_the_context() {
    let filled = filled(
        "#set($context.responseOverride.status = 404)#set($context.responseOverride.header.X-A = 'b')",
    );
    let context = filled.expect("it fills").context;
    assert_eq!(
        context["responseOverride"],
        json!({"status": 404, "header": {"X-A": "b"}})
    );
}

#[test]
fn too_much_is_refused() {
    let check = |template: &str, part: &str| {
        let why = filled(template).expect_err(template);
        assert!(why.contains(part), "{template}: {why}");
    };
    check(
        "#set($l = [1..900])#foreach($a in $l)#foreach($b in $l)#foreach($c in $l)x#end#end#end",
        "too much",
    );
    check(
        "#set($l = [1..900])#set($x = $l.addAll($l))#foreach($a in $l)x#end",
        "more than 1000",
    );
    check(
        "#set($s = 'aaaaaaaaaa')#foreach($a in [1..9])#set($s = $s.replace('a', $s))#end",
        "too long",
    );
    for method in ["replaceAll", "replaceFirst"] {
        let squared = format!(
            "#set($s = '{}')#set($by = $s.replace('a', '$0'))$s.{method}('a+', $by)",
            "a".repeat(10_000)
        );
        check(&squared, "too long");
    }
    check("#macro(x)#end", "#macro in mapping templates");
    check(&"#if(true)".repeat(60), "nested too deep");
    check(
        &format!("#if({}1{})#end", "(".repeat(60), ")".repeat(60)),
        "nested too deep",
    );
    check("line\n#if(", "line 2");
}

proptest! {
    #[test]
    fn any_text_has_an_answer(template in r#"([$#{}!().'"\[\]a-z, =+-]|#(if|set|foreach|end|else)|\$(input|util)\.(json|path|params|urlEncode)\(){0,24}"#) {
        let _ = filled(&template);
    }
}
