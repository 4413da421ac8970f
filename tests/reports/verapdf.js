// Asks veraPDF whether files are what they claim to be. The JavaScript engine in veraPDF's own jar runs this:
//
//     java -cp JAR org.mozilla.javascript.tools.shell.Main verapdf.js CLAIM,CLAIM FILE...
//
// and it prints a line of JSON for each claim and file. veraPDF reads the rules of a claim through JAXB, which Java
// has no longer and this jar has in part only; so the same XML is read here.

var verapdf = Packages.org.verapdf;
var profiles = verapdf.pdfa.validation.profiles;
var Profiles = profiles.Profiles;
var Flavour = verapdf.pdfa.flavours.PDFAFlavour;
var RULES = { "ua1": "PDFUA-1", "2a": "PDFA-2A" };
var FAULTS_OF_A_RULE = 3;

function elements(parent, name) {
  var found = parent.getElementsByTagName(name), list = [];
  for (var i = 0; i < found.getLength(); i++) list.push(found.item(i));
  return list;
}

function words(parent, name) {
  return elements(parent, name)[0].getTextContent();
}

function rule(element) {
  var id = elements(element, "id")[0];
  var specification = Flavour.Specification.valueOf(id.getAttribute("specification"));
  var number = java.lang.Integer.parseInt(id.getAttribute("testNumber"));
  var told = new java.util.ArrayList();
  elements(element, "argument").forEach(function (argument) {
    told.add(profiles.ErrorArgumentImpl.fromValues(argument.getTextContent(), null, null));
  });
  return Profiles.ruleFromValues(
    Profiles.ruleIdFromValues(specification, id.getAttribute("clause"), number),
    element.getAttribute("object"),
    java.lang.Boolean.valueOf(element.getAttribute("deferred")),
    element.getAttribute("tags"),
    words(element, "description"),
    words(element, "test"),
    Profiles.errorFromValues(words(element, "message"), told),
    new java.util.ArrayList()
  );
}

function variable(element) {
  return Profiles.variableFromValues(
    element.getAttribute("name"),
    element.getAttribute("object"),
    words(element, "defaultValue"),
    words(element, "value")
  );
}

function profile(claim) {
  var path = "org/verapdf/pdfa/validation/" + RULES[claim] + ".xml";
  var xml = java.lang.ClassLoader.getSystemResourceAsStream(path);
  var builder = javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder();
  var root = builder.parse(xml).getDocumentElement();
  var rules = new java.util.LinkedHashSet(), variables = new java.util.LinkedHashSet();
  elements(root, "rule").forEach(function (element) { rules.add(rule(element)); });
  elements(root, "variable").forEach(function (element) { variables.add(variable(element)); });
  var details = Profiles.profileDetailsFromValues(claim, "", "", new java.util.Date(0));
  return Profiles.profileFromValues(Flavour.byFlavourId(claim), details, "", rules, variables);
}

function faults(result) {
  var found = [];
  for (var each = result.getTestAssertions().iterator(); each.hasNext();) {
    var fault = each.next(), id = fault.getRuleId();
    found.push(id.getClause() + "-" + id.getTestNumber() + ": " + fault.getErrorMessage());
  }
  return found;
}

verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
var foundry = verapdf.pdfa.Foundries.defaultInstance();
var files = Array.prototype.slice.call(arguments, 1);
String(arguments[0]).split(",").forEach(function (claim) {
  var asked = profile(claim);
  files.forEach(function (file) {
    var parser = foundry.createParser(new java.io.File(file), Flavour.byFlavourId(claim));
    var validator = foundry.createValidator(asked, FAULTS_OF_A_RULE, false, false, false);
    var result = validator.validate(parser);
    parser.close();
    print(JSON.stringify({
      file: String(file),
      claim: claim,
      passed: Boolean(result.isCompliant()),
      rules: asked.getRules().size(),
      checks: result.getTotalAssertions(),
      faults: faults(result)
    }));
  });
});
